<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Users of %1', @title)"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <p class="hint"><xsl:value-of select="t:t('Identifier')"/>: <span class="id"><xsl:value-of select="@organisation"/></span></p>
    <xsl:call-template name="done"/>
    <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}"><table>
      <thead><tr>
        <th scope="col"><xsl:value-of select="t:t('Identifier')"/></th>
        <th scope="col"><xsl:value-of select="t:t('Name')"/></th>
        <th scope="col"><xsl:value-of select="t:t('Role')"/></th>
        <th scope="col"><xsl:value-of select="t:t('State')"/></th>
        <th scope="col"><xsl:value-of select="t:t('What can be done')"/></th>
      </tr></thead>
      <tbody><xsl:apply-templates select="member"/></tbody>
    </table></div>
    <h2><xsl:value-of select="t:t('Another user')"/></h2>
    <form class="card" method="post" action="/organisation/add">
      <input type="hidden" name="csrf" value="{reader/@csrf}"/>
      <div>
        <label for="identifier"><xsl:value-of select="t:t('Identifier')"/></label>
        <input id="identifier" name="identifier" type="text" required="required" maxlength="63" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="identifier-hint"/>
        <p class="hint" id="identifier-hint"><xsl:value-of select="t:t('Personal number or a user name: with it the user logs in')"/></p>
      </div>
      <div>
        <label for="name"><xsl:value-of select="t:t('Name')"/></label>
        <input id="name" name="name" type="text" required="required" maxlength="120" autocomplete="off"/>
      </div>
      <div>
        <label><input name="manages" type="checkbox" value="yes"/><xsl:text> </xsl:text><xsl:value-of select="t:t('keeps these users, too')"/></label>
      </div>
      <button type="submit"><xsl:value-of select="t:t('Add')"/></button>
    </form>
  </xsl:template>

  <xsl:template name="done">
    <xsl:choose>
      <xsl:when test="@code != ''">
        <p class="notice" role="status"><xsl:value-of select="t:t('Code of %1, shown only now:', @identifier)"/><xsl:text> </xsl:text><strong class="id"><xsl:value-of select="@code"/></strong></p>
        <p><xsl:value-of select="t:t('Hand it over in person. At the first log-in another one is put in its place.')"/></p>
      </xsl:when>
      <xsl:when test="@done = 'removed'">
        <p class="notice" role="status"><xsl:value-of select="t:t('%1 is a user no more.', @identifier)"/></p>
      </xsl:when>
      <xsl:when test="@done = 'wrong'">
        <p class="notice wrong" role="alert"><xsl:value-of select="t:t('%1 was not added: it is taken, has a wrong check digit, or a field is empty or too long.', @identifier)"/></p>
      </xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="member">
    <tr>
      <td class="id"><xsl:value-of select="@identifier"/></td>
      <td><xsl:value-of select="@name"/></td>
      <td><xsl:call-template name="role-name"><xsl:with-param name="role" select="@role"/></xsl:call-template></td>
      <td>
        <xsl:if test="@manages"><xsl:value-of select="t:t('keeps these users')"/></xsl:if>
        <xsl:if test="@manages and @new">; </xsl:if>
        <xsl:if test="@new"><xsl:value-of select="t:t('has not logged in yet')"/></xsl:if>
      </td>
      <td>
        <xsl:if test="not(@self)">
          <xsl:call-template name="member-form">
            <xsl:with-param name="action" select="'code'"/>
            <xsl:with-param name="text" select="t:t('Another code')"/>
          </xsl:call-template>
          <xsl:text> </xsl:text>
          <xsl:call-template name="member-form">
            <xsl:with-param name="action" select="'remove'"/>
            <xsl:with-param name="text" select="t:t('Remove')"/>
          </xsl:call-template>
        </xsl:if>
      </td>
    </tr>
  </xsl:template>

  <xsl:template name="member-form">
    <xsl:param name="action"/>
    <xsl:param name="text"/>
    <form class="inline" method="post" action="/organisation/{$action}">
      <input type="hidden" name="csrf" value="{/page/reader/@csrf}"/>
      <input type="hidden" name="identifier" value="{@identifier}"/>
      <button class="plain" type="submit" aria-label="{$text}: {@identifier}"><xsl:value-of select="$text"/></button>
    </form>
  </xsl:template>
</xsl:stylesheet>
