<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>
  <xsl:import href="sessions.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Account')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:choose>
      <xsl:when test="reader/@known">
        <dl class="facts">
          <dt><xsl:value-of select="t:t('Name')"/></dt><dd><xsl:value-of select="reader/@name"/></dd>
          <dt><xsl:value-of select="t:t('Identifier')"/></dt><dd class="id"><xsl:value-of select="reader/@identifier"/></dd>
          <dt><xsl:value-of select="t:t('Role')"/></dt><dd><xsl:call-template name="role-name"><xsl:with-param name="role" select="reader/@role"/></xsl:call-template></dd>
          <xsl:if test="reader/@organisation != ''"><dt><xsl:value-of select="t:t('Organisation')"/></dt><dd class="id"><xsl:value-of select="reader/@organisation"/></dd></xsl:if>
          <xsl:if test="office"><dt><xsl:value-of select="t:t('Role given')"/></dt><dd><xsl:call-template name="office-days"/></dd></xsl:if>
          <xsl:if test="reader/@site != ''"><dt><xsl:value-of select="t:t('Site')"/></dt><dd><xsl:call-template name="site-name"><xsl:with-param name="site" select="reader/@site"/></xsl:call-template></dd></xsl:if>
        </dl>
        <p><a href="/code?back=%2Faccount"><xsl:value-of select="t:t('Change the code')"/></a>
          <xsl:text> · </xsl:text><a href="/second-factor?back=%2Faccount"><xsl:choose>
            <xsl:when test="@second-factor"><xsl:value-of select="t:t('One-time codes are asked for')"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="t:t('Set up one-time codes')"/></xsl:otherwise>
          </xsl:choose></a></p>
      </xsl:when>
      <xsl:otherwise>
        <p><xsl:value-of select="t:t('You are not logged in: you see what is published.')"/>
          <xsl:text> </xsl:text><a href="/login?back=%2Faccount"><xsl:value-of select="t:t('Log in')"/></a></p>
      </xsl:otherwise>
    </xsl:choose>
    <xsl:apply-templates select="money"/>
    <xsl:if test="session">
      <h2><xsl:value-of select="t:t('Open sessions')"/></h2>
      <xsl:call-template name="sessions">
        <xsl:with-param name="action" select="'/account/session'"/>
        <xsl:with-param name="all" select="'others'"/>
        <xsl:with-param name="all-text" select="t:t('End all others')"/>
      </xsl:call-template>
    </xsl:if>
    <h2><xsl:value-of select="t:t('What you may do')"/></h2>
    <xsl:choose>
      <xsl:when test="right">
        <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}"><table>
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
                <td><xsl:call-template name="condition-name"/></td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table></div>
      </xsl:when>
      <xsl:otherwise><p><xsl:value-of select="t:t('Nothing')"/></p></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="office-days">
    <xsl:choose>
      <xsl:when test="office/@to = ''"><xsl:value-of select="t:t('from %1 on: %2', office/@from, office/@document)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('from %1 to %2: %3', office/@from, office/@to, office/@document)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="money">
    <h2><xsl:value-of select="t:t('Money')"/></h2>
    <dl class="facts">
      <dt><xsl:value-of select="t:t('Your balance')"/></dt><dd><xsl:value-of select="t:t('%1 euro', @balance)"/></dd>
      <dt><xsl:value-of select="t:t('Payment')"/></dt><dd><xsl:choose>
        <xsl:when test="@terms = 'postpaid'"><xsl:value-of select="t:t('afterwards')"/></xsl:when>
        <xsl:when test="@terms = 'exempt'"><xsl:value-of select="t:t('exempt from fees')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="t:t('beforehand')"/></xsl:otherwise>
      </xsl:choose></dd>
      <xsl:if test="@limit"><dt><xsl:value-of select="t:t('May be owed')"/></dt><dd><xsl:value-of select="t:t('%1 euro', @limit)"/></dd></xsl:if>
    </dl>
    <xsl:if test="@card">
      <form class="facts" action="/account/pay" method="post">
        <input type="hidden" name="csrf" value="{/page/reader/@csrf}"/>
        <label><xsl:value-of select="t:t('Sum in euro')"/><xsl:text> </xsl:text>
          <input name="sum" value="20.00" size="8" maxlength="8" inputmode="decimal" required="required"/></label>
        <xsl:text> </xsl:text>
        <button type="submit"><xsl:value-of select="t:t('Pay by card')"/></button>
      </form>
    </xsl:if>
    <form class="facts" action="/account/statement" method="get">
      <label><xsl:value-of select="t:t('Statement of the month')"/><xsl:text> </xsl:text>
        <input name="month" value="{@month}" size="7" maxlength="7" pattern="[0-9]{{4}}-[0-9]{{2}}" required="required"/></label>
      <xsl:text> </xsl:text>
      <button type="submit"><xsl:value-of select="t:t('Show')"/></button>
      <xsl:text> </xsl:text>
      <button class="plain" type="submit" name="format" value="csv"><xsl:value-of select="t:t('Download as CSV')"/></button>
    </form>
    <xsl:if test="entry">
      <xsl:call-template name="entries"/>
    </xsl:if>
  </xsl:template>

  <!-- Those of the statement or account that it is called in. -->
  <xsl:template name="entries">
    <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}"><table>
      <thead><tr>
        <th scope="col"><xsl:value-of select="t:t('When')"/></th>
        <th scope="col"><xsl:value-of select="t:t('What')"/></th>
        <th scope="col"><xsl:value-of select="t:t('About')"/></th>
        <th scope="col"><xsl:value-of select="t:t('Ground')"/></th>
        <th scope="col" class="number"><xsl:value-of select="t:t('Euro')"/></th>
      </tr></thead>
      <tbody>
        <xsl:for-each select="entry">
          <tr>
            <td><xsl:call-template name="moment"><xsl:with-param name="utc" select="@at"/></xsl:call-template></td>
            <td><xsl:call-template name="entry-name"/></td>
            <td class="id"><xsl:value-of select="@text"/></td>
            <td><xsl:call-template name="ground-and-case"/></td>
            <td class="number"><xsl:value-of select="@euro"/></td>
          </tr>
        </xsl:for-each>
      </tbody>
    </table></div>
  </xsl:template>

  <xsl:template name="entry-name">
    <xsl:choose>
      <xsl:when test="@kind = 'charge'"><xsl:value-of select="t:t('page opened')"/></xsl:when>
      <xsl:when test="@kind = 'reversal'"><xsl:value-of select="t:t('given back: it could not be shown')"/></xsl:when>
      <xsl:when test="@kind = 'refund'"><xsl:value-of select="t:t('refund')"/></xsl:when>
      <xsl:when test="@kind = 'top-up'"><xsl:value-of select="t:t('your transfer')"/></xsl:when>
      <xsl:when test="@kind = 'pay-out'"><xsl:value-of select="t:t('paid out')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@kind"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="condition-name">
    <xsl:choose>
      <xsl:when test="@condition = ''">–</xsl:when>
      <xsl:when test="@condition = 'own-site'"><xsl:value-of select="t:t('at your own site')"/></xsl:when>
      <xsl:when test="@condition = 'ground'"><xsl:value-of select="t:t('with a stated ground')"/></xsl:when>
      <xsl:when test="@condition = 'own-organisation'"><xsl:value-of select="t:t('of your own organisation, if you keep its users')"/></xsl:when>
      <xsl:when test="@condition = 'published'"><xsl:value-of select="t:t('published volumes only')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@condition"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="action-name">
    <xsl:choose>
      <xsl:when test="@action = 'search'"><xsl:value-of select="t:t('search')"/></xsl:when>
      <xsl:when test="@action = 'view'"><xsl:value-of select="t:t('view pages')"/></xsl:when>
      <xsl:when test="@action = 'row'"><xsl:value-of select="t:t('open single rows')"/></xsl:when>
      <xsl:when test="@action = 'ingest'"><xsl:value-of select="t:t('give batches in')"/></xsl:when>
      <xsl:when test="@action = 'correct'"><xsl:value-of select="t:t('correct and key')"/></xsl:when>
      <xsl:when test="@action = 'audit'"><xsl:value-of select="t:t('read the audit trail')"/></xsl:when>
      <xsl:when test="@action = 'restricted'"><xsl:value-of select="t:t('see restricted entries, too')"/></xsl:when>
      <xsl:when test="@action = 'manage'"><xsl:value-of select="t:t('keep users')"/></xsl:when>
      <xsl:when test="@action = 'admin'"><xsl:value-of select="t:t('keep accounts and rights')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@action"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
