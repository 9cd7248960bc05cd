<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Account')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:choose>
      <xsl:when test="reader/@known">
        <dl class="facts">
          <dt><xsl:value-of select="t:t('Name')"/></dt><dd><xsl:value-of select="reader/@name"/></dd>
          <dt><xsl:value-of select="t:t('Identifier')"/></dt><dd class="id"><xsl:value-of select="reader/@identifier"/></dd>
          <dt><xsl:value-of select="t:t('Role')"/></dt><dd><xsl:call-template name="role-name"><xsl:with-param name="role" select="reader/@role"/></xsl:call-template></dd>
          <xsl:if test="reader/@site != ''"><dt><xsl:value-of select="t:t('Site')"/></dt><dd><xsl:call-template name="site-name"><xsl:with-param name="site" select="reader/@site"/></xsl:call-template></dd></xsl:if>
        </dl>
      </xsl:when>
      <xsl:otherwise>
        <p><xsl:value-of select="t:t('You are not logged in: you see what is published.')"/>
          <xsl:text> </xsl:text><a href="/login?back=%2Faccount"><xsl:value-of select="t:t('Log in')"/></a></p>
      </xsl:otherwise>
    </xsl:choose>
    <h2><xsl:value-of select="t:t('What you may do')"/></h2>
    <xsl:choose>
      <xsl:when test="right">
        <div class="scroll"><table>
          <thead><tr>
            <th scope="col"><xsl:value-of select="t:t('Action')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Series')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Condition')"/></th>
          </tr></thead>
          <tbody>
            <xsl:for-each select="right">
              <tr>
                <td><xsl:call-template name="action-name"/></td>
                <td><xsl:call-template name="series-name"><xsl:with-param name="series" select="@series"/></xsl:call-template></td>
                <td><xsl:choose>
                  <xsl:when test="@condition = ''">–</xsl:when>
                  <xsl:when test="@condition = 'own-site'"><xsl:value-of select="t:t('at your own site')"/></xsl:when>
                  <xsl:when test="@condition = 'ground'"><xsl:value-of select="t:t('with a stated ground')"/></xsl:when>
                  <xsl:when test="@condition = 'published'"><xsl:value-of select="t:t('published volumes only')"/></xsl:when>
                  <xsl:otherwise><xsl:value-of select="@condition"/></xsl:otherwise>
                </xsl:choose></td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table></div>
      </xsl:when>
      <xsl:otherwise><p><xsl:value-of select="t:t('Nothing')"/></p></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="action-name">
    <xsl:choose>
      <xsl:when test="@action = 'search'"><xsl:value-of select="t:t('search')"/></xsl:when>
      <xsl:when test="@action = 'view'"><xsl:value-of select="t:t('view pages')"/></xsl:when>
      <xsl:when test="@action = 'ingest'"><xsl:value-of select="t:t('give batches in')"/></xsl:when>
      <xsl:when test="@action = 'correct'"><xsl:value-of select="t:t('correct and key')"/></xsl:when>
      <xsl:when test="@action = 'audit'"><xsl:value-of select="t:t('read the audit trail')"/></xsl:when>
      <xsl:when test="@action = 'admin'"><xsl:value-of select="t:t('keep accounts and rights')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@action"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
